# Completions of watch287g for fish.
function __watch287g_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l found (watch287g complete -- $words[2..-1] 2>/dev/null)
	if set -q found[1]
		printf '%s\n' $found
	else
		__fish_complete_path (commandline -ct)
	end
end
complete -c watch287g -f -a '(__watch287g_complete)'
