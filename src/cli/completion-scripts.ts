import { SHELLS } from './completion-values.js';

export { SHELLS };
export type Shell = (typeof SHELLS)[number];

/** A text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The scripts ask the tool at every press of the tab key: `fidsweep` of the PATH, else the copy that printed them.
 *
 * Bash breaks words at "=" and ":" too, and replaces the last piece alone: the tool gets the whole line and the breaks,
 * and answers with what takes the place of that piece, escaped. Zsh gives whole words and escapes them itself, a `~/` too, which is why it is not given that.
 */
const SCRIPTS: Readonly<Record<Shell, (node: string, cli: string) => string>> = {
  bash: (node, cli) => `# Completion of fidsweep for bash.
_fidsweep_ask() {
  if type -P fidsweep > /dev/null; then command fidsweep __complete "$@"; else ${node} ${cli} __complete "$@"; fi
}
_fidsweep() {
  mapfile -t COMPREPLY < <(_fidsweep_ask line "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2> /dev/null)
  case "\${COMPREPLY[0]}" in *[/=:,]) [ \${#COMPREPLY[@]} -eq 1 ] && compopt -o nospace ;; esac
}
complete -F _fidsweep fidsweep
`,
  zsh: (node, cli) => `#compdef fidsweep
# Completion of fidsweep for zsh.
_fidsweep_ask() {
  if whence -p fidsweep > /dev/null; then command fidsweep __complete "$@"; else ${node} ${cli} __complete "$@"; fi
}
_fidsweep() {
  local -a found open
  found=("\${(@f)$(_fidsweep_ask words "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
  # The home folder, typed without quotes, stays as it is: escaped, it would be a name.
  if [ -z "$compstate[quote]" ] && compset -P '(*[=:]|)\\~/'; then found=("\${(@)found#\${(Q)IPREFIX}}"); fi
  open=(\${(M)found:#*[/=:,]})
  found=(\${found:#*[/=:,]})
  (( $#open )) && compadd -S '' -- "\${open[@]}"
  (( $#found )) && compadd -- "\${found[@]}"
}
if [ "\${zsh_eval_context[-1]}" = loadautofunc ]; then _fidsweep "$@"; else compdef _fidsweep fidsweep; fi
`,
};

/**
 * @param node the interpreter, and `cli` the file, that answer where no `fidsweep` is in the PATH
 */
export const completionScript = (shell: Shell, node: string, cli: string): string =>
  SCRIPTS[shell](quoted(node), quoted(cli));
