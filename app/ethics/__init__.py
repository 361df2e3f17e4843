"""Teachers' ethics 师德: points, negative list, study, supervision, yearly appraisal."""
