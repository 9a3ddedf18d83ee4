/** What `/console/` says where no console was built: a page that needs neither script nor style. */
export const MISSING_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:," />
    <title>Cordon: no console</title>
  </head>
  <body>
    <main>
      <h1>The console was not built</h1>
      <p>The server runs. In its folder, run <code>npm run console:build</code>, and load this page again.</p>
      <p>The <a href="/reference">API's reference</a> needs no build.</p>
    </main>
  </body>
</html>
`;
