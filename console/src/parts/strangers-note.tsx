import { Icon } from './icon.tsx';
import { Text } from './text.tsx';

/** Says what of an address was left out, so that nobody takes the list for what the link asked for. */
export function StrangersNote({ strangers }: { readonly strangers: readonly string[] }) {
  return strangers.length === 0 ? null : (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <p>
        The address asks for what this page does not know, and shows the rest:{' '}
        <Text value={strangers.join(', ')} />
      </p>
    </div>
  );
}
