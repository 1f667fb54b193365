/** The examples of the document about server actions of Next.js, and what becomes of each here. */
export const comparison: readonly (readonly [example: string, here: string, page: string])[] = [
  [
    'A form that creates an invoice',
    'actions.define() in place of the directive; the form is the same',
    '/todos',
  ],
  ['An action in a file, used in a component', 'the page hands it over as a prop, sealed', '/todos'],
  ['Another argument by bind', 'bind in the page; what is bound is encrypted', '/todos'],
  ['A button that is pending', 'useFormStatus, unchanged', '/todos'],
  ['Validation on the server', 'the option input of the action; issueOf() beside the field', '/todos'],
  ['State of a form, told politely', 'useActionState, the newer name of useFormState', '/todos'],
  [
    'Messages that appear at once',
    'useOptimistic inside of onClient(), so that the form also works without JavaScript',
    '/chat',
  ],
  ['Ctrl + Enter submits', 'requestSubmit(), unchanged', '/chat'],
  ['Buttons of other actions', 'formAction, unchanged', '/draft'],
  ['A like from an event handler', 'the action is called, unchanged', '/likes'],
  ['A field that is saved on change', 'called with an object of values, after a pause in typing', '/draft'],
  ['Views counted by an effect', 'the action is called, unchanged', '/likes'],
  ['An action that throws', 'the nearest error boundary', '/likes'],
  ['Closures over a version', 'bind(null, version) in the page', '/draft'],
  [
    'Revalidation of path and tag',
    'not needed: each answer brings the new props; revalidateTag is for cached data',
    '/todos',
  ],
  ['Redirect', 'return redirect() or flash(), wherever you like', '/booking'],
  ['Cookies', 'submission.cookies', '/chat'],
  ['Authentication and authorization', 'the option authorize, asked before the body is read', '/todos'],
  ['Encryption key, allowed origins', 'SEALFORM_KEYS; allowedOrigins of the middleware', '/todos'],
]
