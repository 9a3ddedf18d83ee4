import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/fields.css';
import './style/notes.css';
import './style/dialogs.css';
import './style/toolbar.css';
import './style/lists.css';
import './style/rows.css';
import './style/pages.css';
import './style/access.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createClient, readAhead } from './client.ts';
import { applyTheme, storedTheme } from './shell/theme.ts';

const client = createClient();
const ready = readAhead(client, location.pathname);
// To wait for what the browser keeps, while the answers are on their way.
applyTheme(storedTheme());
void ready.then(() => {
  createRoot(document.getElementById('console')!).render(<App client={client} />);
});
