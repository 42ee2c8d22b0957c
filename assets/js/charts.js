// Draws a figure from the data beside it, in the colours of the theme. Loaded only where there is one.
import {
  BarController, BarElement, CategoryScale, Chart, Filler, Legend, LineController, LineElement, LinearScale,
  PointElement, Tooltip,
} from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Filler, Legend, LineController, LineElement, LinearScale, PointElement, Tooltip);
const drawn = new Map();
const TONES = ["primary", "secondary", "info", "accent", "neutral"];

function colour(name, share = 100) {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--color-${name}`).trim();
  return share === 100 ? probe.fillStyle : `${probe.fillStyle}${Math.round(share * 2.55).toString(16).padStart(2, "0")}`;
}

function lines(data) {
  const lorenz = data.kind === "lorenz";
  return data.series.map((one, index) => {
    const tone = colour(one.tone || TONES[index % TONES.length]);
    const shade = colour(one.tone || TONES[index % TONES.length], 15);
    return {
      label: one.label, data: one.values, borderColor: tone, backgroundColor: data.kind === "bar" ? tone : shade,
      borderWidth: data.kind === "bar" ? 0 : 3, borderRadius: 6, pointRadius: lorenz ? 0 : 2, tension: 0, spanGaps: false,
      borderDash: one.dashed ? [4, 4] : [], fill: lorenz && index === 0 ? 1 : false,
    };
  });
}

function settings(data) {
  const text = colour("base-content");
  const share = data.unit === "%";
  const number = new Intl.NumberFormat(document.documentElement.lang, { style: share ? "percent" : "decimal" });
  // A narrow space before a French %, as the server writes it.
  const withUnit = (value) => number.format(share ? value / 100 : value).replace("\u00a0", "\u202f");
  const font = { family: "Instrument Sans Variable", size: 12 };
  return {
    responsive: true, maintainAspectRatio: false,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 250 },
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: data.series.length > 1, align: "end", labels: { color: text, font, boxWidth: 16, boxHeight: 3 } },
      tooltip: { callbacks: { label: (item) => `${item.dataset.label} · ${withUnit(item.parsed.y)}` } },
    },
    scales: {
      x: { grid: { display: false }, ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 12 } },
      y: { beginAtZero: true, border: { display: false }, grid: { color: colour("base-300") }, ticks: { color: text, font, callback: withUnit, maxTicksLimit: 6 } },
    },
  };
}

export function draw(figure) {
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  drawn.get(figure)?.destroy();
  const type = data.kind === "bar" ? "bar" : "line";
  drawn.set(figure, new Chart(figure.querySelector("canvas"), { type, data: { labels: data.labels, datasets: lines(data) }, options: settings(data) }));
  figure.dataset.drawn = "";
}

document.addEventListener("palabre:theme", () => drawn.forEach((chart, figure) => figure.isConnected && draw(figure)));
