// How the search box ranks pages. VitePress sends these functions to the browser as text: each stands by itself, and uses nothing of
// this file.

/** What MiniSearch does with a query. */
export const searchOptions = {
  boostDocument: importance,
  processTerm: searchedWords,
  prefix: isLongEnoughToComplete,
  fuzzy: misspeltBy,
}

/** Who searches wants to know how, before the details, why and since when. */
function importance(id: string): number {
  if (id.startsWith('/api/')) return 0.4
  if (/^\/guide\/(?:migrating-|upgrading|comparison|performance)/.test(id)) return 0.5
  // The list of pages has the words of all of them, and answers nothing.
  if (/^\/(?:guide\/#|guide\/index|decisions\/|contributing)/.test(id)) return 0.5
  return id.startsWith('/changelog') ? 0.3 : 1
}

/** A question in whole sentences is searched by its words that say something, and by the words of the guide for the same. */
function searchedWords(term: string): string | string[] | null {
  const word = term.toLowerCase()
  const says =
    !/^(?:a|an|and|are|as|at|be|by|can|could|do|does|for|from|has|have|how|i|if|in|is|it|its|let|made|make|may|me|my|of|on|one|or|should|so|than|that|the|them|then|there|they|this|to|use|using|want|was|we|what|when|which|who|why|will|with|would|you|your)$/.test(
      word,
    )
  if (!says) return null
  const others: Readonly<Record<string, readonly string[]>> = {
    auth: ['authorize', 'signed'],
    authentication: ['signed', 'signing'],
    authenticated: ['signed'],
    balancer: ['proxies'],
    big: ['large'],
    cluster: ['servers'],
    disabled: ['without'],
    duplicate: ['double', 'twice'],
    fails: ['wrong', 'invalid'],
    js: ['javascript'],
    logged: ['signed', 'signing'],
    login: ['signed', 'signing'],
    max: ['large', 'limits'],
    maximum: ['large', 'limits'],
    migrate: ['moving'],
    notification: ['flash', 'message'],
    off: ['without'],
    permission: ['authorize'],
    permissions: ['authorize'],
    photo: ['image'],
    picture: ['image'],
    prevent: ['stop'],
    replicas: ['servers'],
    rotate: ['rotation', 'keys'],
    size: ['large', 'limits'],
    submit: ['submission'],
    submits: ['submission'],
    toast: ['flash', 'message'],
  }
  return [word, ...(others[word] ?? [])]
}

/** A word of two letters is the beginning of too many. */
function isLongEnoughToComplete(term: string): boolean {
  return term.length > 2
}

/** By how much of a word a match may differ: "form" is not "from". */
function misspeltBy(term: string): number | false {
  return term.length > 5 ? 0.2 : false
}
