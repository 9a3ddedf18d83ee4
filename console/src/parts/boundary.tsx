import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Empty } from './empty.tsx';

/** Keeps a fault of one page from taking all of them: a part that another version of the server does not have any more, say. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Empty title="This page could not be shown." alone>
        <p>
          The server did not give what the page needs: it is away, or it was updated meanwhile. When it
          answers, loading the page again mends that.
        </p>
        <Button onPress={() => location.reload()}>Load it again</Button>
      </Empty>
    );
  }
}
