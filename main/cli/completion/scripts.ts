/** Shells that can be told what may come next. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * All three ask the program itself (`cavern complete`), so that they say what the command table says. It prints a word and
 * what it is about on each line; a line that begins with a colon names what the shell completes better itself.
 */
const BASH = `# bash completion of cavern: put "source <(cavern completion bash)" into ~/.bashrc
_cavern() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" also='' value about
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    case "$value" in
      :*) also="\${value#:}" ;;
      *) COMPREPLY+=("$(printf '%q' "$value")") ;;
    esac
  done < <("$1" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$cur" 2>/dev/null)
  case "$also" in
    files) compopt -o filenames 2>/dev/null; while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$cur") ;;
    folders) compopt -o filenames 2>/dev/null; while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$cur") ;;
    command) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -c -- "$cur" | sort -u) ;;
  esac
}
complete -F _cavern cavern
`;

const ZSH = `#compdef cavern
# zsh completion of cavern: put "source <(cavern completion zsh)" into ~/.zshrc, after compinit
_cavern() {
  local -a offers
  local also='' value about
  while IFS=$'\\t' read -r value about; do
    case "$value" in
      :*) also="\${value#:}" ;;
      *) offers+=("\${value//:/\\\\:}:$about") ;;
    esac
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT-1]}" "\${words[CURRENT]}" 2>/dev/null)
  (( \${#offers} )) && _describe 'cavern' offers
  case "$also" in
    files) _files ;;
    folders) _files -/ ;;
    command) _command_names -e ;;
  esac
}
if [ "\${funcstack[1]}" = "_cavern" ]; then _cavern "$@"; else compdef _cavern cavern; fi
`;

const FISH = `# fish completion of cavern: put "cavern completion fish | source" into ~/.config/fish/config.fish
function __cavern_offers
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in (command $program complete -- $words "$current" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':folders'
                __fish_complete_directories "$current"
            case ':command'
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end
complete -c cavern -f -a '(__cavern_offers)'
`;

export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
