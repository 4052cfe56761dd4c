#compdef watch287g
# Completions of watch287g for zsh: a file _watch287g on the fpath, or read by source.
_watch287g() {
	local -a found
	found=(${(f)"$(watch287g complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
	if (( $#found )); then
		found=("${(@)found//$'\t'/:}")
		_describe watch287g found
	else
		_files
	fi
}
if [[ $funcstack[1] = _watch287g ]]; then
	_watch287g "$@"
else
	compdef _watch287g watch287g
fi
