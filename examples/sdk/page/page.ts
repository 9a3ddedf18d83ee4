/** A page of its own server, which passes calls on to Cordon: browsers hold no secret, and Cordon answers no other origin. */
import { Cordon } from 'cordon';

const cordon = new Cordon({
  url: location.origin,
  // The page's own server knows who is signed in, and gives a token for them.
  credentials: async () => (await fetch('/token', { method: 'POST' })).text(),
});

const line = (text: string) => {
  document.querySelector('#log')!.append(`${text}\n`);
};

document.querySelector('form')!.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = new FormData(event.target as HTMLFormElement);
  const wait = { timeout: 60_000, onChange: ({ status }: { status: string }) => line(status) };
  cordon
    .restrict(String(form.get('machine')), { comment: String(form.get('comment')), wait })
    .then((action) => line(`${action.computerDnsName}: ${action.status}`))
    .catch((error: Error) => line(`refused: ${error.message}`));
});

for await (const machine of cordon.machines({ top: 3 })) line(machine.computerDnsName);
