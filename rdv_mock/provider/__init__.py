"""The OpenID provider, through which the employés of an école log in."""
