/* What all our scripts stand on: texts, elements, calls. ES5. Data reaches the document as text only. */
(function (window, document) {
  'use strict';
  if (window.JellywardKit) { return; }
  var scripts = document.getElementsByTagName('script');
  var self = document.currentScript || scripts[scripts.length - 1];
  var texts = null;
  var LONGEST_NAME = 80; /* characters */
  var HANDOVER = 'jellyward-enrol';
  var kit = {
    /* The base URL with a slash at its end; everything of ours and of Jellyfin's lies below it. */
    base: self.src.replace(/Jellyward\/Assets\/[^\/]*$/i, ''),
    /* The server's own numbers; it writes them in when it sends this. */
    bounds: JELLYWARD_BOUNDS
  };

  kit.assets = function () { return kit.base + 'Jellyward/Assets/'; };

  /* Resolves when the texts are there. */
  kit.ready = function () {
    if (!texts) {
      texts = window.fetch(kit.assets() + 'texts.json', { credentials: 'same-origin' })
        .then(function (response) { return response.json(); })
        .then(function (loaded) { kit.texts = loaded; }, function (error) { texts = null; throw error; });
    }
    return texts;
  };

  /* Begins in `main`: calls `show` once the texts are there, with what `wanted`, if any, promises. Texts that do not come
     are asked for again. */
  kit.begin = function (main, show, wanted) {
    Promise.all([kit.ready(), wanted && wanted()]).then(function (loaded) { show(loaded[1]); }, function () {
      main.textContent = '…';
      window.setTimeout(function () { kit.begin(main, show, wanted); }, 5000);
    });
  };

  function category(number) {
    if (window.Intl && window.Intl.PluralRules) { return new window.Intl.PluralRules(document.documentElement.lang || 'en').select(number); }
    return number === 1 ? 'one' : 'other';
  }

  /* A text with its arguments. */
  kit.text = function (id, args) {
    var text = kit.texts && kit.texts[id];
    if (!text) { return id; }
    if (typeof text === 'object') { text = text[args[text.by]] || text[category(args[text.by])] || text.other; }
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return args && name in args ? String(args[name]) : whole; });
  };

  /* A reason as a sentence: it comes as half of one. Names (`smtp.host`) stay as they are. */
  function sentence(reason) {
    if (!reason) { return ''; }
    return reason.replace(/^[a-z]+(?= )/, function (word) { return word.charAt(0).toUpperCase() + word.slice(1); }) + (/[.!?]$/.test(reason) ? '' : '.');
  }

  /* The text for a refusal of a call made with kit.call, and how long to wait where the server says so. */
  kit.problem = function (answer) {
    if (answer.status === 0) { return kit.text('common-no-answer'); }
    var data = answer.data || {};
    var text = kit.texts['problem-' + data.code] ? kit.text('problem-' + data.code) : data.title;
    var wait = answer.retryAfter ? kit.text('common-again-in', { time: kit.minutes(answer.retryAfter) }) : '';
    return [text || kit.text('common-unexpected'), sentence(data.detail), wait].filter(Boolean).join(' ');
  };

  /* An element. `text` is its text, `on` its listeners, everything else an attribute; null children are left out. */
  kit.element = function (tag, attributes, children) {
    var element = document.createElement(tag), name;
    for (name in attributes) {
      if (attributes[name] === null || attributes[name] === undefined || attributes[name] === false) { continue; }
      if (name === 'text') { element.textContent = attributes[name]; }
      else if (name === 'on') { listen(element, attributes.on); }
      else { element.setAttribute(name, attributes[name] === true ? '' : attributes[name]); }
    }
    (children || []).forEach(function (child) { if (child) { element.appendChild(child); } });
    return element;
  };

  function listen(element, listeners) {
    Object.keys(listeners).forEach(function (event) { element.addEventListener(event, listeners[event]); });
  }

  /* A name that somebody else chose, fit for a sentence: nothing that steers the direction of text, and bounded. */
  kit.plain = function (name) {
    var clean = String(name === null || name === undefined ? '' : name)
      .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
    return clean.length > LONGEST_NAME ? clean.slice(0, LONGEST_NAME).replace(/[\ud800-\udbff]$/, '') + '…' : clean;
  };

  /* The same as an element, isolated from the direction of what stands around it. */
  kit.name = function (name, tag) {
    return kit.element(tag || 'span', { 'class': 'jwd-name' }, [kit.element('bdi', { text: kit.plain(name) })]);
  };

  /* What a factor is called: by its owner, else by its kind. */
  kit.nameOf = function (factor) {
    return kit.plain(factor.name) || kit.text({ passkey: 'account-passkey-unnamed', email: 'account-mail-code-unnamed' }[factor.kind] || 'account-factor-unnamed');
  };

  kit.clear = function (node) { while (node.firstChild) { node.removeChild(node.firstChild); } };

  kit.show = function (container, children) {
    kit.clear(container);
    children.forEach(function (child) { if (child) { container.appendChild(child); } });
  };

  /* The first element below `root` with that value of an attribute. */
  kit.find = function (root, attribute, value) {
    return Array.prototype.filter.call(root.querySelectorAll('[' + attribute + ']'), function (one) { return one.getAttribute(attribute) === value; })[0] || null;
  };

  /* A control that is found again after it was drawn anew. */
  kit.marked = function (mark, control) {
    control.setAttribute('data-control', mark);
    return control;
  };

  kit.refocus = function (root, mark) {
    var control = mark && kit.find(root, 'data-control', mark);
    if (control) { control.focus(); }
  };

  kit.button = function (text, press, kind) {
    return kit.element('button', { type: 'button', 'class': 'jwd-button' + (kind ? ' jwd-' + kind : ''), text: text, on: { click: press } });
  };

  /* A labelled field; `hint` is read with it. */
  kit.field = function (label, input, hint) {
    var id = 'jwd-' + (kit.fields = (kit.fields || 0) + 1);
    input.id = id;
    if (hint) { input.setAttribute('aria-describedby', id + '-hint'); }
    return kit.element('div', { 'class': 'jwd-field' }, [
      kit.element('label', { 'for': id, 'class': 'jwd-label', text: label }),
      input,
      hint && kit.element('p', { id: id + '-hint', 'class': 'jwd-hint', text: hint })
    ]);
  };

  /* A field for a name of so many characters. */
  kit.nameField = function (longest) {
    return kit.element('input', { 'class': 'jwd-input', type: 'text', autocomplete: 'off', maxlength: longest });
  };

  /* A field for a code of `length` digits, or letters as well where `letters` is set: {input, length, letters, bare(),
     clear()}. Calls `send` whenever one has become whole. */
  kit.codeField = function (length, send) {
    var before = '';
    var field = { length: length };
    /* What was typed, as the server counts it. */
    field.bare = function () { return field.input.value.replace(field.letters ? /[^0-9a-z]/gi : /[^0-9]/g, ''); };
    field.clear = function () {
      field.input.value = before = '';
      field.input.focus();
    };
    field.input = kit.element('input', { 'class': 'jwd-input jwd-code', type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false', maxlength: '64', on: { input: function () {
      var now = field.bare(), whole = now !== before && now.length === field.length;
      before = now;
      if (whole) { send(); }
    } } });
    return field;
  };

  /* One call: POST with `body`, or with none where `post` is set, else GET. Resolves with {status, data,
     retryAfter, response}; status 0 when nobody answered. Never rejects. */
  kit.call = function (path, options) {
    var headers = {}, name;
    for (name in options.headers) { headers[name] = options.headers[name]; }
    if (options.body) { headers['Content-Type'] = 'application/json'; }
    return window.fetch(kit.base + path, {
      method: options.body || options.post ? 'POST' : 'GET',
      headers: headers,
      body: options.body && JSON.stringify(options.body),
      credentials: 'same-origin',
      cache: 'no-store'
    }).then(function (response) {
      var answer = { status: response.status, data: null, response: response, retryAfter: Number(response.headers.get('Retry-After')) || 0 };
      return response.clone().text().then(function (text) {
        try { answer.data = JSON.parse(text); } catch (ignored) { answer.data = null; }
        return answer;
      });
    }).then(null, function () { return { status: 0, data: null, retryAfter: 0, response: null }; });
  };

  /* Seconds as m:ss. */
  kit.minutes = function (seconds) {
    var whole = Math.max(0, Math.ceil(seconds)), rest = whole % 60;
    return Math.floor(whole / 60) + ':' + (rest < 10 ? '0' : '') + rest;
  };

  /* A date in the page's language; old televisions have none of that. */
  function written(at, options) {
    try { return at.toLocaleString(document.documentElement.lang || 'en', options); } catch (ignored) { /* an unknown language */ }
    return at.toISOString().slice(0, 16).replace('T', ' ') + ' UTC';
  }

  /* When that was or will be, in words; `dated` says the date where "5 minutes ago" makes no sense ("until"). */
  kit.moment = function (seconds, dated) {
    var at = new Date(seconds * 1000), now = new Date(), ago = (now - at) / 1000;
    var today = at.toDateString() === now.toDateString();
    if (!seconds) { return kit.text('common-never'); }
    if (!dated && Math.abs(ago) < 60) { return kit.text('common-just-now'); }
    if (!dated && ago > 0 && ago < 3600) { return kit.text('common-minutes-ago', { count: Math.floor(ago / 60) }); }
    if (!dated && ago > 0 && today) { return kit.text('common-hours-ago', { count: Math.floor(ago / 3600) }); }
    return written(at, {
      year: at.getFullYear() === now.getFullYear() ? undefined : 'numeric',
      month: today ? undefined : 'short',
      day: today ? undefined : 'numeric',
      hour: 'numeric',
      minute: '2-digit'
    });
  };

  /* The same as an element that tells the exact time to whoever asks. */
  kit.time = function (seconds, dated) {
    if (!seconds) { return kit.element('span', { text: kit.moment(seconds) }); }
    var at = new Date(seconds * 1000);
    return kit.element('time', { datetime: at.toISOString(), title: written(at), text: kit.moment(seconds, dated) });
  };

  /* A text with elements among its arguments. */
  kit.said = function (id, args) {
    var words = {}, name;
    for (name in args) { words[name] = args[name] && args[name].nodeType ? '\u0001' + name + '\u0001' : args[name]; }
    return kit.element('span', {}, kit.text(id, words).split('\u0001').map(function (part, at) {
      return at % 2 ? args[part] : document.createTextNode(part);
    }));
  };

  /* Facts in a row, words or elements, with dots between them; what is empty is left out. */
  kit.facts = function (list) {
    return list.filter(Boolean).reduce(function (row, one) {
      return row.concat(row.length ? document.createTextNode(' · ') : [], one.nodeType ? one : document.createTextNode(one));
    }, []);
  };

  /* A place of ours inside somebody else's page: a shadow root where there is one. Calls back when its style is in. */
  kit.place = function (host, ready) {
    var root = host.attachShadow ? host.attachShadow({ mode: 'open' }) : host;
    var content = kit.element('div', { 'class': 'jwd-root' });
    var done = false;
    function once() { if (!done) { done = true; content.hidden = false; ready(content); } }
    content.hidden = true;
    root.appendChild(kit.element('link', { rel: 'stylesheet', href: kit.assets() + 'style.css', on: { load: once, error: once } }));
    root.appendChild(content);
    window.setTimeout(once, 2000);
  };

  /* What is to be set up before the session is set up on the stand-alone page, in this tab. */
  kit.handOver = function (answer, headers, trust) {
    try {
      window.sessionStorage.setItem(HANDOVER, JSON.stringify({ answer: answer, headers: headers, trust: trust, at: Date.now() }));
    } catch (ignored) { /* then that page asks once more */ }
    window.location.assign(kit.base + 'Jellyward/Login');
  };

  /* What was handed over, once and while it is good; else null. */
  kit.handedOver = function () {
    try {
      var kept = JSON.parse(window.sessionStorage.getItem(HANDOVER));
      window.sessionStorage.removeItem(HANDOVER);
      return kept && kept.at + kept.answer.expiresIn * 1000 > Date.now() ? kept : null;
    } catch (ignored) { return null; }
  };

  /* What has the focus, in whatever shadow. */
  function focused() {
    var one = document.activeElement;
    while (one && one.shadowRoot && one.shadowRoot.activeElement) { one = one.shadowRoot.activeElement; }
    return one;
  }

  /* A place over the page, Jellyfin's or ours: `fill(content, close, host)`. Closed, it gives the focus back. */
  kit.overlay = function (fill) {
    var host = kit.element('div', { 'class': 'jwd-overlay-host' });
    var before = focused();

    function close() {
      if (!host.parentNode) { return; }
      host.parentNode.removeChild(host);
      if (before && before.focus) { before.focus(); }
    }

    document.body.appendChild(host);
    kit.place(host, function (content) {
      content.className = 'jwd-root jwd-overlay';
      fill(content, close, host);
    });
  };

  window.JellywardKit = kit;
}(window, document));
