[Global=Page, Exposed=Page] interface Page { Result search(optional Query query = {}); undefined use(Strict strict); };
enum Order { "", "by-name", "2d" };
dictionary Base { boolean exact = false; };
dictionary Query : Base {
  DOMString text = "*";
  sequence<long> ids = [];
  Order order = "by-name";
  any extra = null;
  Page page;
  (long or DOMString) limit = 10;
  double? weight = null;
};
dictionary Strict { required USVString url; };
dictionary Result : Base { sequence<DOMString> names; record<USVString, long> counts; };
