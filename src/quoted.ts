/** A word as a shell takes it, so that a person can paste the command it stands in: it may come from a shop. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
