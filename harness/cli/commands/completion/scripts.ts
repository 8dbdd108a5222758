export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/**
 * What each shell evaluates once. At every Tab it asks `chain complete` with the words of the line, which it passes on as they are:
 * nothing of a line that is being written is expanded or run. Where there is no answer, it completes files.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_chain() {
  local IFS=$'\\n'
  COMPREPLY=($(chain complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _chain chain
`,
  zsh: `#compdef chain
_chain() {
  local -a lines
  local tab=$'\\t'
  lines=("\${(@f)$(chain complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  lines=("\${(@)lines//:/\\\\:}")
  lines=("\${(@)lines/$tab/:}")
  if [[ -n "$lines" ]]; then _describe chain lines; else _files; fi
}
compdef _chain chain
`,
  fish: `function __chain_complete
  set -l words (commandline -opc) (commandline -ct)
  chain complete -- $words[2..-1] 2>/dev/null
end
complete -c chain -a '(__chain_complete)'
`,
}
