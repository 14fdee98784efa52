// A timer in a worker. Browsers slow down the timers of a page in the background, but not those of its workers.

let timer;

onmessage = ({ data: delay_ms }) => {
  clearTimeout(timer);
  timer = setTimeout(() => postMessage(0), delay_ms);
};
