as_its_operator
# Other sessions than those of the service, which the other commands read with its key.
export REDIS_KEY_PREFIX=$SERVICE_KEY_PREFIX:rotated
OLD=$SESSION_KEYS
NEW=$(wallet-sessions keys generate)

# <snippet>
