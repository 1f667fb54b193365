const list = document.querySelector('[data-likes]')
// Sealform serves the module, under a path that changes with its content. What is pressed before it has arrived waits for it.
const calling = import(list.dataset.call)
const told = document.querySelector('[data-told]')

for (const form of list.querySelectorAll('form')) {
  const output = form.querySelector('output')
  let likes = Number(output.value) // what the server has taken
  let waiting = 0 // what it has not answered yet

  const show = () => {
    output.value = likes + waiting
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    waiting += 1
    show()
    const { call } = await calling
    const answer = await call(form)
    waiting -= 1
    // The redirect is for browsers without this script.
    if (answer.outcome === 'redirect') likes += 1
    show()
    told.textContent = messageOf(answer)
  })
}

function messageOf({ outcome, issues, message }) {
  if (outcome === 'redirect') return ''
  return issues[0]?.message ?? (message || 'Not sent. Is there a connection?')
}
