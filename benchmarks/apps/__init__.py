"""The applications beside which rdv-mock is measured, each started as a module with its port."""
