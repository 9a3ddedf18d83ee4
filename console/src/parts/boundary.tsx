import { Component, type ReactNode } from 'react';
import { call } from '../wire/call.ts';
import { Button } from './button.tsx';
import { Empty } from './empty.tsx';
import { forgetFailures, MissingPart } from './late.ts';
import { loadAnew } from './load-anew.ts';

/** Milliseconds between two looks whether the server that a part could not be had from is back. */
const EVERY = 2_000;

/**
 * Keeps a fault of one page from taking all of them: a part that could not be loaded, say. That one is loaded again once the
 * server answers. Where that comes to nothing, the whole page is: Firefox does not ask again for a part of a page that it could
 * not have once, and after an update the server has only those of the new pages.
 */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    // A fault of the page itself would only come again.
    if (!(error instanceof MissingPart)) return;
    forgetFailures();
    this.failures += 1;
    this.look();
  }

  override componentWillUnmount(): void {
    clearTimeout(this.timer);
  }

  private look(): void {
    this.timer = setTimeout(() => {
      call('/cordon/v1/signin', { background: true }).then(
        () => {
          if (this.failures === 1 || !loadAnew(Date.now())) this.setState({ failed: false });
        },
        () => this.look(),
      );
    }, EVERY);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Empty title="This page could not be shown." alone>
        <p>
          The server did not give what the page needs: it is away, or it was updated meanwhile. The page tries
          again by itself when the server answers; where that does not help, load it again.
        </p>
        <Button onPress={() => location.reload()}>Load it again</Button>
      </Empty>
    );
  }
}
