// A reaction shows at once. If the server refuses or cannot be reached, the button goes back to what the server last
// acknowledged. What is pressed meanwhile counts: when the answer is there, the state wanted last is asked for.

const flights = new Map(); // by request
const shown = (flight, pressed) => {
  flight.button.setAttribute("aria-pressed", pressed);
  const number = flight.number + Number(pressed) - Number(flight.acknowledged);
  if (flight.count) flight.count.textContent = Math.max(0, number) || "";
};

function reactionOf(ctx) {
  const element = ctx?.sourceElement;
  return element?.matches?.("[data-optimistic]") ? element : element?.querySelector?.("[data-optimistic]");
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const button = reactionOf(ctx);
  if (!button) return;
  const count = button.querySelector("[data-count]");
  const acknowledged = button.getAttribute("aria-pressed") === "true";
  const number = Number.parseInt(count?.textContent || "0", 10);
  const flight = { button, count, number, acknowledged, asked: !acknowledged, wanted: !acknowledged };
  flights.set(ctx, flight);
  shown(flight, flight.wanted);
});

// Before htmx hears of it: it would ask for the same state once more.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-optimistic]");
  const flight = button && [...flights.values()].find((one) => one.button === button);
  if (!flight) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  flight.wanted = !flight.wanted;
  shown(flight, flight.wanted);
}, true);

function takeBack({ detail: { ctx } }) {
  const flight = flights.get(ctx);
  if (!flight) return;
  flight.wanted = flight.asked; // nothing more is asked of a server that refuses
  shown(flight, flight.acknowledged);
}

for (const name of ["htmx:response:error", "htmx:error", "palabre:signed-out"]) document.addEventListener(name, takeBack);

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const flight = flights.get(ctx);
  if (!flight || !flights.delete(ctx) || flight.wanted === flight.asked) return;
  if (flight.button.isConnected) shown(flight, flight.asked);
  const now = flight.button.isConnected ? flight.button : document.getElementById(flight.button.id);
  // The queue of htmx is free only after this event.
  if (now?.getAttribute("aria-pressed") === String(flight.asked)) setTimeout(() => now.click());
});
