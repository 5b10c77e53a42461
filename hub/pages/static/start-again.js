/** A session that stopped is started again for whoever comes back to it. */

const start = document.getElementById("start");
setTimeout(() => location.replace(start.href), 300);
