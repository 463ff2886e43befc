[Global=Page, Exposed=Page] interface Page { undefined f(optional any x = 5, optional bigint y = 1); };
dictionary Defaults { any x = "a"; any y = null; };
