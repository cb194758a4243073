as_its_operator

# <snippet>
