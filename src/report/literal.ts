/** A name as literal text inside markdown: never a table border, markup, a link or HTML, nor text that runs backwards. */
export function literal(text: string): string {
  return text
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!|~$]|:(?=\/\/)|(?<=www)\./gi, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}
