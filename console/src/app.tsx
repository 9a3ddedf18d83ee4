import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Pages } from './entrance.ts';
import { Boundary } from './parts/boundary.tsx';
import { Empty } from './parts/empty.tsx';
import { SessionGate } from './session/gate.tsx';

/** The console: who is signed in, and the pages for who is. */
export function App({ client }: { readonly client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <SessionGate>
        <Boundary>
          <Suspense fallback={<Empty title="Opening the console …" />}>
            <Pages />
          </Suspense>
        </Boundary>
      </SessionGate>
    </QueryClientProvider>
  );
}
