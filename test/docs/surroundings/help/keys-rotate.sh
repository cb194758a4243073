as_its_operator
OLD=$SESSION_KEYS
NEW=$(wallet-sessions keys generate)

# <snippet>
