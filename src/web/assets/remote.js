/* Remote controls and keyboards: an arrow goes to the nearest control on that side, Enter presses whatever has the
   focus. Where there is a Tab key it works as ever. ES5. */
(function (window, document) {
  'use strict';
  var LEFT = 37, UP = 38, RIGHT = 39, DOWN = 40, ENTER = 13, SPACE = 32, TAB = 9, ESCAPE = 27;
  var BACK = { 461: true, 10009: true, 166: true }; /* webOS, Tizen, keyboards */
  var ASIDE = 3; /* how much further away a thing seems for standing aside */
  var STOPS = 'a[href], button, input, select, summary';

  function scope(root) { return root.getRootNode ? root.getRootNode() : document; }

  function reachable(root) {
    return Array.prototype.filter.call(root.querySelectorAll(STOPS), function (one) {
      return !one.disabled && one.tabIndex >= 0 && one.getClientRects().length > 0;
    });
  }

  /* What changes by the arrows up and down without being asked to. */
  function slips(target, code) { return (target.tagName === 'SELECT' || target.type === 'number') && (code === UP || code === DOWN || target.tagName === 'SELECT'); }

  /* Does this control need that key itself? */
  function keeps(target, code) {
    if (target.tagName === 'SELECT') { return target.jellywardOpen && (code === UP || code === DOWN); }
    var typed = target.tagName === 'TEXTAREA' || (target.tagName === 'INPUT' && !/^(checkbox|radio|button|submit)$/.test(target.type));
    return typed && (code === LEFT || code === RIGHT);
  }

  function gap(fromStart, fromEnd, start, end) { return Math.max(0, start - fromEnd, fromStart - end); }

  /* How far it is from one to the other in that direction; Infinity where it lies elsewhere. */
  function distance(from, to, code) {
    var flat = code === LEFT || code === RIGHT;
    var along = code === DOWN ? to.top - from.bottom : code === UP ? from.top - to.bottom : code === RIGHT ? to.left - from.right : from.left - to.right;
    var aside = flat ? gap(from.top, from.bottom, to.top, to.bottom) : gap(from.left, from.right, to.left, to.right);
    var overlap = (flat ? Math.min(from.width, to.width) : Math.min(from.height, to.height)) / 2;
    if (along < -overlap) { return Infinity; }
    return Math.max(0, along) + ASIDE * aside;
  }

  /* Of the places that one moves in, the one that holds this control: the menu, the screen, what stays in sight. */
  function columnOf(root, control) {
    return Array.prototype.filter.call(root.querySelectorAll('.jwd-menu, .jwd-screen, .jwd-bar'), function (one) { return one.contains(control); })[0] || null;
  }

  /* Up and down stay in their column as long as it goes on; what stays in sight stands at the end of all. */
  function choose(root, from, code) {
    var stops = reachable(root), home = columnOf(root, from);
    function inside(one) { return columnOf(root, one) === home; }
    return (code === UP || code === DOWN) && nearest(from, stops.filter(inside), code) || nearest(from, stops, code);
  }

  function nearest(from, stops, code) {
    var at = from.getBoundingClientRect(), best = null, least = Infinity;
    stops.forEach(function (one) {
      var far = one === from ? Infinity : distance(at, one.getBoundingClientRect(), code);
      if (far < least) { least = far; best = one; }
    });
    /* What lies further than the window is reached by scrolling, so that the text between is seen. */
    return least < window.innerHeight ? best : null;
  }

  /* Listens below `root`. `options`: trap (the focus stays inside), back() for Escape and the Back key. */
  window.JellywardRemote = function (root, options) {
    options = options || {};

    function step(by) {
      var stops = reachable(root), at = stops.indexOf(scope(root).activeElement);
      if (stops.length) { stops[at < 0 ? (by > 0 ? 0 : stops.length - 1) : (at + by + stops.length) % stops.length].focus(); }
    }

    function arrow(event) {
      var from = scope(root).activeElement, to;
      if (!from || !root.contains(from) || keeps(event.target, event.keyCode)) { return; }
      to = choose(root, from, event.keyCode);
      if (slips(event.target, event.keyCode)) { event.preventDefault(); }
      if (to) { event.preventDefault(); to.focus(); }
    }

    /* A list is opened before the arrows choose in it. By Space the browser shows it, by Enter it is chosen from in place. */
    function toggle(event, code) {
      var select = event.target;
      if (code === ENTER) { event.preventDefault(); }
      hold(select, !select.jellywardOpen);
    }

    function hold(select, open) {
      select.jellywardOpen = open;
      if (open) { select.setAttribute('data-open', ''); } else { select.removeAttribute('data-open'); }
    }

    function release(event) { if (event.target.tagName === 'SELECT') { hold(event.target, false); } }

    root.addEventListener('focusout', release);
    root.addEventListener('mousedown', release);
    root.addEventListener('keydown', function (event) {
      var code = event.keyCode;
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) { return; }
      /* In a dialog, what is pressed is not the page's business. */
      if (options.trap) { event.stopPropagation(); }
      if (options.back && (code === ESCAPE || BACK[code] || event.key === 'GoBack' || event.key === 'BrowserBack')) { event.preventDefault(); options.back(); }
      else if (options.trap && code === TAB) { event.preventDefault(); step(event.shiftKey ? -1 : 1); }
      else if (code >= LEFT && code <= DOWN && !event.shiftKey) { arrow(event); }
      else if (event.target.tagName === 'SELECT' && (code === ENTER || code === SPACE)) { toggle(event, code); }
      else if (code === ENTER && event.target.type === 'checkbox') { event.preventDefault(); event.target.click(); }
    });
  };
}(window, document));
