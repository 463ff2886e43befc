dictionary Zebra : Animal {
  required [EnforceRange] unsigned long stripes;
  [Clamp] required [Marked] octet both;
  Zebra? mother;
  DOMString _or;
};
dictionary Animal { DOMString name = "x"; sequence<Animal> friends; boolean a = false; };
partial dictionary Animal { long legs = 4; };
enum Kind { "", "with space", "ünïcode", "trailing", };
