export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol'
  /** As written. */
  text: string
  /** Lower-case for words. */
  key: string
}

const pattern =
  /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|(?<string>'(?:[^']|'')*')|(?<quoted>"[^"]*")|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<word>[A-Za-z_][\w$#]*)|(?<symbol>\|\||<>|!=|<=|>=|::|[-+*/(),.=<>;?[\]:%@&^~!{}])/y

/** Cuts a query into tokens; null where it has something that is no SQL (an unclosed text, a foreign character). */
export function tokenize(query: string): Token[] | null {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (pattern.lastIndex < query.length) {
    const match = pattern.exec(query)
    if (match === null) return null
    const [kind, text] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? []
    if (kind === undefined || text === undefined) continue
    tokens.push({ kind: kind as Token['kind'], text, key: kind === 'word' ? text.toLowerCase() : text })
  }
  return tokens
}
