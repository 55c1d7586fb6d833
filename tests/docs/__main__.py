from tests.docs.writing import main

main()
