[Global=Page, Exposed=Page] interface Page {};
dictionary Options { long depth = 1; };
callback Done = undefined (long count, any... rest);

[Exposed=Page]
interface Shop {
  constructor();
  constructor(DOMString name, optional Options options = {});
  undefined close();
  Shop? find(DOMString name, optional long limit, optional boolean deep = true, any... rest);
  Promise<long> count([EnforceRange] unsigned long long id);
  any tag(optional any value, optional any other = null);
  object thing(object it, object? other);
  undefined each(Done done, Done? other);
  static Shop open(Shop? like);
  DOMString pick(long index);
  DOMString pick(DOMString name, optional long count = 2);
  DOMString pick(Shop like, Shop other);
  stringifier;
  const unsigned short LIMIT = 10;
};
