# Completion of conclave(1) for bash. Commands, options and arguments come from the program's own
# help, so they are never another version's. Roles, keys, requests and freezes are asked of the
# appliance, with nothing that needs a PIN, for a second at most; where it does not answer, nothing
# is offered.

# The commands, one a line: "request submit" has two words.
_conclave_commands() {
    "${asker[0]}" --help 2>/dev/null |
        sed -n '/^Commands:$/,/^$/s/^  \([a-z]\+\( [a-z]\+\)\?\) .*/\1/p'
}

_conclave_help() {
    # shellcheck disable=SC2086  # a command is one word or two
    "${asker[0]}" $command --help 2>/dev/null
}

# What the command line asks the appliance, with its own --socket and --home.
_conclave_ask() {
    timeout 1 "${asker[@]}" "$@" --json 2>/dev/null </dev/null
}

# All values of one member of the JSON that comes in, one a line.
_conclave_member() {
    grep -o "\"$1\": *\"[^\"]*\"" | sed 's/.*: *"\(.*\)"$/\1/' | sort -u
}

# What can stand for one word of the help, one a line.
_conclave_values() {
    case $1 in
    ID) _conclave_ask request list | _conclave_member request ;;
    FREEZE) _conclave_ask freeze list | _conclave_member freeze ;;
    KEY) _conclave_ask key list | _conclave_member key ;;
    ROLE) _conclave_ask key list | _conclave_member role ;;
    ROLE=*) _conclave_ask key list | _conclave_member role | sed 's/$/=/' ;;
    DIALECT) printf '%s\n' tuf uptane ;;
    TYPE) printf '%s\n' ed25519 ecdsa-p256 ecdsa-p384 rsa-2048 rsa-3072 rsa-4096 ;;
    WHAT) printf '%s\n' root targets snapshot timestamp import request ;;
    FORMAT) _conclave_help | grep -A2 '^  --format' | grep -ow 'pem\|tuf\|raw\|file' ;;
    esac
}

# Takes from standard input what begins with the word under the cursor; nothing that the shell would
# take for more than a word when the line is run.
_conclave_take() {
    local line
    while read -r line; do
        [[ $line =~ ^[a-zA-Z0-9_./=@-]+$ && $line == "$current"* ]] || continue
        COMPREPLY+=("$line")
    done
}

# Offers what can stand for a word of the help: names of files and folders, or values.
_conclave_offer() {
    case $1 in
    FILE | PATH | PAYLOAD | SIGNATURES | VKEY)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        ;;
    DIR)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        ;;
    ROLE=FILE)
        if [[ $current == *=* ]]; then
            mapfile -t COMPREPLY < <(compgen -f -P "${current%%=*}=" -- "${current#*=}")
        else
            compopt -o nospace 2>/dev/null
            _conclave_take < <(_conclave_values "$1")
        fi
        ;;
    *) _conclave_take < <(_conclave_values "$1") ;;
    esac
}

# The word of the usage line for the next argument, of which there are $1 already.
_conclave_argument() {
    local -a usage
    read -ra usage < <(_conclave_help | sed -n '1s/.*\[OPTION\.\.\.\]//p' | tr -d '[].|')
    # The last argument may be given again.
    (($1 < ${#usage[@]})) || set -- $((${#usage[@]} - 1))
    (($1 < 0)) || printf '%s' "${usage[$1]}"
}

# `freeze` takes a choice of words.
_conclave_freeze() {
    case $1 in
    role) _conclave_offer ROLE ;;
    request) _conclave_offer ID ;;
    freeze) _conclave_take < <(printf '%s\n' everything role request list) ;;
    esac
}

# Splits the line into the command, its arguments, and what asks the appliance.
_conclave_read() {
    local i word
    local -a plain=()
    for ((i = 1; i < ${#words[@]}; i++)); do
        word=${words[i]}
        case $word in
        --socket | --home) asker+=("$word" "${words[++i]}") ;;
        --json | --yes | --text | --signed | --check) ;;
        --*) i=$((i + 1)) ;; # its value is no argument
        help) [[ ${#plain[@]} == 0 ]] || plain+=("$word") ;;
        *) plain+=("$word") ;;
        esac
    done
    local two="${plain[0]} ${plain[1]}"
    if grep -qxF -- "$two" <<<"$commands"; then
        command=$two arguments=$((${#plain[@]} - 2))
    elif [[ ${#plain[@]} -gt 0 ]] && grep -qxF -- "${plain[0]}" <<<"$commands"; then
        command=${plain[0]} arguments=$((${#plain[@]} - 1))
    else
        family=${plain[0]}
    fi
}

_conclave_complete() {
    local last=${words[${#words[@]} - 1]} value
    value=$([[ ! $last =~ ^--[a-z-]+$ ]] || _conclave_help | sed -n "s/^  $last \([A-Z=]\+\) .*/\1/p")
    if [[ -n $value ]]; then
        _conclave_offer "$value"
    elif [[ $current == -* ]]; then
        _conclave_take < <(_conclave_help | grep -o '^  --[a-z-]*' | tr -d ' ')
    elif [[ -z $command && -z $family ]]; then
        _conclave_take < <(cut -d ' ' -f 1 <<<"$commands" | uniq; echo help)
    elif [[ -z $command ]]; then
        _conclave_take < <(sed -n "s/^$family //p" <<<"$commands")
    elif [[ $command == freeze ]]; then
        _conclave_freeze "$last"
    else
        _conclave_offer "$(_conclave_argument "$arguments")"
    fi
}

_conclave() {
    local current='' command='' family='' arguments=0 commands line=${COMP_LINE:0:COMP_POINT}
    local -a words asker=("$1")
    COMPREPLY=()
    read -ra words <<<"$line"
    # Readline splits words at `=` and `:`, which stand in ours.
    if [[ $line != *[[:space:]] ]]; then
        current=${words[${#words[@]} - 1]}
        unset 'words[${#words[@]}-1]'
    fi
    commands=$(_conclave_commands)
    _conclave_read
    _conclave_complete
    local split=${current%"${current##*[=:]}"} i
    for i in "${!COMPREPLY[@]}"; do
        COMPREPLY[i]=${COMPREPLY[i]#"$split"}
    done
}

complete -F _conclave conclave
