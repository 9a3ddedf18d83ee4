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
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createClient, readAhead } from './client.ts';
import { applyTheme, storedTheme } from './shell/theme.ts';

applyTheme(storedTheme());
const client = createClient();
void readAhead(client, location.pathname).then(() => {
  createRoot(document.getElementById('console')!).render(<App client={client} />);
});
