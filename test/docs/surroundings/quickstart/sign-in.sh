node() {
  command node "$@" http://localhost:4000/graphql
}

# <snippet>
