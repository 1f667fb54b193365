/** The page of the apps whose framework has no templates of its own. */
export function page({ path, hidden = '', file = false, values = {}, issues = {} }) {
  const enctype = file ? ' enctype="multipart/form-data"' : ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Notes</title></head><body>
<h1>Write a note</h1>
<form method="post" action="${path}"${enctype}>${hidden}
${text('title', 'Title', { values, issues })}
<label for="note">Note</label> <textarea id="note" name="note">${escapeHtml(values.note)}</textarea>
${file ? `<label for="file">File</label> <input type="file" id="file" name="file">${issueOf('file', issues)}` : text('quantity', 'Quantity', { values, issues })}
<button>Keep</button></form>
</body></html>
`
}

function text(name, label, { values, issues }) {
  return `<label for="${name}">${label}</label> <input id="${name}" name="${name}" value="${escapeHtml(values[name])}">${issueOf(name, issues)}`
}

function issueOf(name, issues) {
  return issues[name] === undefined ? '' : ` <p class="issue">${escapeHtml(issues[name])}</p>`
}

export function escapeHtml(value = '') {
  return String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
