const tree = () => {
  const root = document.createElement('div');
  root.id = 'root';
  for (const [name, classes] of [['p', 'a'], ['p', 'b c'], ['span', '']]) {
    const child = document.createElement(name);
    child.className = classes;
    root.append(child);
  }
  root.lastChild.append('text', document.createElement('i'));
  return root;
};
const names = list => Array.from(list, node => node.localName + (node.className && '.' + node.className)).join();

it('querySelector gives the first in tree order, or null', () => {
  const root = tree();
  same(root.querySelector('p'), root.firstChild);
  same(root.querySelector('.c'), root.children[1]);
  same(root.querySelector('nav'), null);
  same(document.querySelector('body'), document.body);
});

it('querySelectorAll is a list that stays as it is', () => {
  const root = tree();
  const list = root.querySelectorAll('p, i');
  same(list instanceof NodeList, true);
  same(names(list), 'p.a,p.b c,i');
  root.firstChild.remove();
  same(list.length, 3);
  same(list[0].className, 'a');
  same(list.item(3), null);
  same(names(root.querySelectorAll('p')), 'p.b c');
});

it('selectors see structure, attributes and combinators', () => {
  const root = tree();
  same(names(root.querySelectorAll('p:nth-child(2)')), 'p.b c');
  same(names(root.querySelectorAll(':last-child')), 'span,i');
  same(names(root.querySelectorAll('p + span > i')), 'i');
  same(names(root.querySelectorAll('[class~=c]')), 'p.b c');
  same(names(root.querySelectorAll('[class^="b"]:not(.a)')), 'p.b c');
  same(names(root.querySelectorAll('i:empty')), 'i');
  same(names(root.querySelectorAll(':is(p, span):has(i)')), 'span');
  same(names(root.querySelectorAll('P')), 'p.a,p.b c');
  same(names(root.querySelectorAll(':hover')), '');
  // The whole tree counts, not what is below the element alone.
  same(names(root.querySelectorAll('div p')), 'p.a,p.b c');
  same(names(root.querySelectorAll(':scope > p')), 'p.a,p.b c');
  same(document.querySelector(':root'), document.documentElement);
});

it('matches and closest look from an element', () => {
  const root = tree();
  const leaf = root.querySelector('i');
  same(leaf.matches('span > i'), true);
  same(leaf.webkitMatchesSelector('p > i'), false);
  same(leaf.closest('span'), root.lastChild);
  same(leaf.closest('i'), leaf);
  same(leaf.closest('#root'), root);
  same(leaf.closest('nav'), null);
});

it('what is no selector is a SyntaxError', () => {
  for (const bad of ['', '][', 'p,,i', ':nonsense', '::before >']) {
    for (const call of [() => document.querySelector(bad), () => document.querySelectorAll(bad),
                        () => document.body.matches(bad), () => document.body.closest(bad)]) {
      throws('SyntaxError', call);
    }
  }
});

it('a fragment is searched too', () => {
  const fragment = document.createDocumentFragment();
  fragment.append(tree());
  same(fragment.querySelector('#root > .a').localName, 'p');
});
