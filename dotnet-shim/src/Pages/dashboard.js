// Jellyfin's dashboard imports this for the page next to it. The page's content is the engine's; what stands here is
// what has to be said while there is no engine.
export default function (view) {
  view.addEventListener('viewshow', () => show(view));
}

async function show(view) {
  const client = window.ApiClient;
  const token = client.accessToken();
  const base = client.serverAddress().replace(/\/+$/, '');
  const container = view.querySelector('#JellywardContent');

  const answer = await fetch(`${base}/JellywardShim/Status`, { headers: { Authorization: `MediaBrowser Token="${token}"` } });
  const status = answer.ok ? await answer.json() : { open: false, banners: [], reason: `${answer.status} ${answer.statusText}` };
  const lines = status.open ? status.banners : [...status.banners, status.reason];
  view.querySelector('#JellywardBanners').replaceChildren(...lines.filter(Boolean).map(paragraph));
  if (!status.open) {
    container.replaceChildren();
    return;
  }
  try {
    await load(`${base}/Jellyward/Assets/dashboard.js?v=${encodeURIComponent(status.version)}`);
    const place = document.createElement('div');
    container.replaceChildren(place);
    window.JellywardDashboard.mount(place, { token, base });
  } catch (error) {
    container.replaceChildren(paragraph(String(error.message || error)));
  }
}

// Not a module: the script finds its own address by its element. No element may have the id it is asked for by: the
// window has every id as a member.
function load(address) {
  if (window.JellywardDashboard) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
}

function paragraph(text) {
  const element = document.createElement('p');
  element.setAttribute('role', 'alert');
  element.textContent = text;
  return element;
}
