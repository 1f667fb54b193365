import type { VisitorVerdict } from '../../lib/inspect/judge-visitor.js'
import { html } from '../html.js'
import type { SafeHtml } from '../safe-html.js'

const reasons: Record<Exclude<VisitorVerdict, 'admit'>, string> = {
  address:
    'This request came from another machine: the address of its connection is not 127.0.0.0/8 and not ::1. Open the page in a browser on the machine that runs the app.',
  forwarded:
    'A proxy has passed this request on: it has a header Forwarded or X-Forwarded-*. Open the page at the address of the app itself.',
  host: 'This request names another host. Open the page as localhost, 127.0.0.1 or [::1].',
}

/** Prints why a visitor does not see the inspector. It says nothing of the app, and asks for no style sheet. */
export function refusalPage(verdict: Exclude<VisitorVerdict, 'admit'>): SafeHtml {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Refused | Sealform inspector</title>
</head>
<body>
<main>
<h1>The inspector is for the developer alone</h1>
<p>${reasons[verdict]}</p>
</main>
</body>
</html>
`
}
