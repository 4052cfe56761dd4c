# Completions of watch287g for bash.
_watch287g() {
	local IFS=$'\n'
	COMPREPLY=($(watch287g complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _watch287g watch287g
