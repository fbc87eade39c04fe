/** The few pages that must work without the web client: no script, no style, both languages. */
const texts = {
  'not-found': {
    en: [
      'Page not found',
      'There is nothing at this address. Check the link, or go to the <a href="/">start page</a>.',
    ],
    de: [
      'Seite nicht gefunden',
      'Unter dieser Adresse gibt es nichts. Prüfen Sie den Link, oder gehen Sie zur <a href="/">Startseite</a>.',
    ],
  },
  'web-client-missing': {
    en: [
      'The web client has not been built',
      'The server runs, but its web pages are missing. Whoever runs this server: <code>npm start</code> builds them, ' +
        'or <code>npm run setup</code> while the server goes on running. Then load this page again.',
    ],
    de: [
      'Die Weboberfläche ist nicht gebaut',
      'Der Server läuft, aber seine Webseiten fehlen. Für den Betrieb: <code>npm start</code> baut sie, ' +
        'oder <code>npm run setup</code>, während der Server weiterläuft. Laden Sie danach diese Seite neu.',
    ],
  },
} as const;

export function messagePage(name: keyof typeof texts): string {
  const { en, de } = texts[name];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${en[0]}</title></head>
<body>
<main>
<h1>${en[0]}</h1>
<p>${en[1]}</p>
<section lang="de">
<h2>${de[0]}</h2>
<p>${de[1]}</p>
</section>
</main>
</body>
</html>
`;
}
