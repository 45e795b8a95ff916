// Jellyfin's dashboard imports this for the page next to it. The page's content is the engine's; what stands here is
// what has to be said while there is no engine.
export default function (view) {
  view.addEventListener('viewshow', () => show(view));
}

async function show(view) {
  const client = window.ApiClient;
  const token = client.accessToken();
  const base = client.serverAddress().replace(/\/+$/, '');
  const headers = { Authorization: `MediaBrowser Token="${token}"` };

  const answer = await fetch(`${base}/JellywardShim/Status`, { headers });
  const status = answer.ok ? await answer.json() : { open: false, banners: [`${answer.status} ${answer.statusText}`] };
  const banners = view.querySelector('#JellywardBanners');
  banners.replaceChildren(...status.banners.concat(status.open ? [] : [status.reason || '']).filter(Boolean).map(paragraph));
  if (!status.open) return;

  if (!document.getElementById('JellywardStyle')) {
    const style = document.createElement('link');
    style.id = 'JellywardStyle';
    style.rel = 'stylesheet';
    style.href = `${base}/Jellyward/Assets/style.css`;
    document.head.append(style);
  }
  const container = view.querySelector('#JellywardDashboard');
  try {
    const dashboard = await import(`${base}/Jellyward/Assets/dashboard.js`);
    container.replaceChildren();
    dashboard.mount(container, { token, base });
  } catch (error) {
    container.replaceChildren(paragraph(String(error)));
  }
}

function paragraph(text) {
  const element = document.createElement('p');
  element.setAttribute('role', 'alert');
  element.textContent = text;
  return element;
}
