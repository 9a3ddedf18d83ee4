import { Dialog } from '../parts/dialog.tsx';
import { Text } from '../parts/text.tsx';
import { SignInForm } from './sign-in-form.tsx';

interface Props {
  readonly name: string;
  readonly onEntered: () => void;
}

/** Over a page whose session is over: nothing of it is lost. */
export function SignInAgain({ name, onEntered }: Props) {
  return (
    <Dialog title="Your session has ended" onClose={() => {}} dismissable={false} alert>
      <p>
        <Text value={name} /> was signed in here. Sign in again to go on: the page and what you typed are
        kept, and nothing that you asked for meanwhile was started.
      </p>
      <SignInForm onEntered={onEntered} returnTo={`${location.pathname}${location.search}`} staying />
      <p className="note">If you sign in in another window of this browser, this page goes on too.</p>
    </Dialog>
  );
}
