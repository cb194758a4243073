# <snippet>

[[ $SESSION_KEYS == *:* ]]
