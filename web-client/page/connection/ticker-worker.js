// Says when it is time: a worker's timers keep their pace in a tab that nobody looks at, the page's do not.

let timer;

onmessage = ({ data: delay_ms }) => {
  clearTimeout(timer);
  timer = setTimeout(() => postMessage(0), delay_ms);
};
