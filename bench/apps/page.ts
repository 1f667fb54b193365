/** The data of the benchmark's page. Each app fills it in its own way. */
export interface View {
  /** Attributes of the form element beyond `class`, as HTML. */
  readonly attributes: string
  /** Hidden fields, as HTML. */
  readonly fields: string
  readonly title: string
  readonly note: string
  readonly priority: string
  readonly issue: Issue | undefined
}

export interface Issue {
  readonly name: 'title' | 'note' | 'priority'
  readonly message: string
}

/** The empty form. */
export const emptyView: View = {
  attributes: 'method="post"',
  fields: '',
  title: '',
  note: '',
  priority: 'normal',
  issue: undefined,
}

const priorities = ['low', 'normal', 'high']

/** Validates the input. All apps share it. */
export function check(title: string, note: string, priority: string): Issue | undefined {
  if (title.trim() === '') return { name: 'title', message: 'Enter a title' }
  if (title.length > 100) return { name: 'title', message: 'Use at most 100 characters' }
  if (note.length > 2000) return { name: 'note', message: 'Use at most 2000 characters' }
  if (!priorities.includes(priority)) return { name: 'priority', message: 'Choose a priority' }
  return undefined
}

/** Renders about 3 kB of HTML with the form. It is the same in every app. */
export function page(view: View): string {
  const { issue } = view
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${issue ? 'Error: ' : ''}Notes</title>
<style>
:root { color-scheme: light dark; --edge: #8a8f98; --bad: #b3261e; --ink: #1b1c1e; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 42rem; padding: 1.5rem; color: var(--ink); }
header nav ul { display: flex; gap: 1rem; list-style: none; padding: 0; margin: 0 0 2rem; }
label, legend { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
input[type=text], textarea, select { width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid var(--edge); border-radius: .25rem; font: inherit; }
.issue { color: var(--bad); margin: .25rem 0 0; }
[aria-invalid=true] { border-color: var(--bad); border-width: 2px; }
button { margin-top: 1.5rem; padding: .5rem 1.25rem; font: inherit; }
aside { background: color-mix(in srgb, currentColor 6%, transparent); padding: .5rem 1.5rem; margin-top: 3rem; border-radius: .5rem; }
aside li { margin: .5rem 0; }
footer { margin-top: 4rem; border-top: 1px solid var(--edge); font-size: .875rem; }
</style>
</head>
<body>
<header>
<nav aria-label="Main"><ul>
<li><a href="/">Start</a></li>
<li><a href="/form" aria-current="page">Notes</a></li>
<li><a href="/archive">Archive</a></li>
<li><a href="/settings">Settings</a></li>
</ul></nav>
<h1>Write a note</h1>
<p>A note has a title and a text. It is kept until you throw it away, and only people on your team can see it.</p>
</header>
<main>
<form ${view.attributes}>
${view.fields}
${issue ? `<div role="alert"><h2>There is a problem</h2><ul><li><a href="#${issue.name}">${escapeHtml(issue.message)}</a></li></ul></div>` : ''}
<label for="title">Title</label>
<input type="text" id="title" name="title" maxlength="100" value="${escapeHtml(view.title)}"${invalid(view, 'title')}>
${message(view, 'title')}
<label for="note">Note</label>
<textarea id="note" name="note" rows="6"${invalid(view, 'note')}>${escapeHtml(view.note)}</textarea>
${message(view, 'note')}
<label for="priority">Priority</label>
<select id="priority" name="priority"${invalid(view, 'priority')}>
${priorities.map((name) => `<option value="${name}"${name === view.priority ? ' selected' : ''}>${name}</option>`).join('\n')}
</select>
${message(view, 'priority')}
<button>Keep the note</button>
</form>
</main>
<aside aria-labelledby="hints">
<h2 id="hints">Good notes</h2>
<ul>
<li>Say in the title what the note is for, so that others find it when they look for that and not for you.</li>
<li>Put one thing into one note. Two short notes are easier to finish and throw away than a long one.</li>
<li>Use the priority with care: where everything is high, nothing is. Most notes are normal, and that is fine.</li>
<li>A note that nobody opened for a year goes to the <a href="/archive">archive</a>, where you can take it back.</li>
</ul>
</aside>
<footer>
<p>Notes are stored on our own servers. Read <a href="/privacy">what we keep and for how long</a>, or <a href="/contact">write to us</a>.</p>
</footer>
</body>
</html>
`
}

function invalid(view: View, name: Issue['name']): string {
  return view.issue?.name === name ? ` aria-invalid="true" aria-describedby="${name}-issue"` : ''
}

function message(view: View, name: Issue['name']): string {
  return view.issue?.name === name
    ? `<p class="issue" id="${name}-issue">${escapeHtml(view.issue.message)}</p>`
    : ''
}

const special = /[&<>"']/
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Copies from one special character to the next. A callback for each would take ten times as long for a text of `<`. */
export function escapeHtml(text: string): string {
  let escaped = ''
  let copied = 0
  for (let at = text.search(special); at !== -1 && at < text.length; at++) {
    const entity = entities[text[at]!]
    if (entity === undefined) continue
    escaped += text.slice(copied, at) + entity
    copied = at + 1
  }
  return copied === 0 ? text : escaped + text.slice(copied)
}
