it('UIEvent and MouseEvent have their members from their dictionaries', () => {
  const event = new MouseEvent('click', {
    bubbles: true, composed: true, view: window, detail: 2, screenX: 1, screenY: 2, clientX: 3.5, clientY: 4,
    ctrlKey: true, metaKey: true, button: 1, buttons: 4, relatedTarget: document.body, modifierCapsLock: true,
  });
  same(event instanceof UIEvent, true);
  same([event.type, event.bubbles, event.cancelable, event.composed, event.isTrusted].join(), 'click,true,false,true,false');
  same([event.detail, event.screenX, event.screenY, event.clientX, event.clientY].join(), '2,1,2,3.5,4');
  same([event.ctrlKey, event.shiftKey, event.altKey, event.metaKey].join(), 'true,false,false,true');
  same([event.button, event.buttons].join(), '1,4');
  same(event.view, window);
  same(event.relatedTarget, document.body);
  same(['Control', 'Shift', 'CapsLock', 'NumLock', 'nonsense'].map(key => event.getModifierState(key)).join(),
        'true,false,true,false,false');
  same(new UIEvent('x').view, null);
  throws('TypeError', () => new UIEvent('x', {view: {}}));
});

it('events of old are made and initialised by name', () => {
  const event = document.createEvent('MouseEvents');
  same(event instanceof MouseEvent, true);
  throws('InvalidStateError', () => document.body.dispatchEvent(event));
  event.initMouseEvent('click', true, true, window, 1, 10, 20, 30, 40, true, false, true, false, 2, document);
  same([event.type, event.detail, event.screenX, event.clientY, event.ctrlKey, event.shiftKey, event.button].join(),
        'click,1,10,40,true,true,2');
  let seen = 0;
  document.body.addEventListener('click', () => {
    seen++;
    // Not while it is on its way.
    event.initMouseEvent('other');
  }, {once: true});
  same(document.body.dispatchEvent(event), true);
  same(seen + event.type, '1click');
  const ui = document.createEvent('UIEvent');
  ui.initUIEvent('x', true, false, window, 7);
  same([ui.type, ui.bubbles, ui.detail, ui.view === window].join(), 'x,true,7,true');
});

it('handlers of clicks are attributes of every element; at a body they are its own', () => {
  const button = document.createElement('button');
  button.setAttribute('onclick', 'this.pressed = event.type');
  button.dispatchEvent(new MouseEvent('click'));
  same(button.pressed, 'click');
  document.body.onclick = () => {};
  same(window.onclick, null);
  document.body.onclick = null;
});

it('a click by script is an untrusted event, whose window has it as its event meanwhile', () => {
  const div = document.body.appendChild(document.createElement('div'));
  const seen = [];
  same(window.event, undefined);
  div.addEventListener('click', function (event) {
    seen.push(event instanceof MouseEvent, event.isTrusted, event.bubbles, event.cancelable, event.composed,
              event.view === window, window.event === event);
    // Not again while it is on its way.
    this.click();
    // Another one inside of it.
    document.body.addEventListener('x', inner => seen.push(window.event === inner), {once: true});
    document.body.dispatchEvent(new Event('x'));
    seen.push(window.event === event);
  });
  div.click();
  same(seen.join(), 'true,false,true,true,true,true,true,true,true');
  same(window.event, undefined);
  div.click();
  same(seen.length, 18);
  div.remove();
  // It can be another thing, too.
  div.onclick = () => { seen.push(String(event)); };
  window.event = 'replaced';
  div.click();
  same(seen.at(-1), 'replaced');
  delete window.event;
});

it('a form control that is disabled is not clicked', () => {
  const form = document.createElement('form');
  form.innerHTML = `<input id=a disabled><input id=b><div id=c disabled></div>
    <fieldset disabled><legend><input id=d></legend><legend><input id=e></legend><p><input id=f></p></fieldset>`;
  let clicked = '';
  form.onclick = ({target}) => { clicked += target.id; };
  for (const id of 'abcdef') form.querySelector(`#${id}`).click();
  same(clicked, 'bcd');
});
