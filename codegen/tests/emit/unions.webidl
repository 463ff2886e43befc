[Global=Page, Exposed=Page] interface Page {
  undefined take((Page or sequence<Page> or BufferSource or USVString) what);
  (boolean or long) give();
  undefined maybe((Page or DOMString)? what);
};
