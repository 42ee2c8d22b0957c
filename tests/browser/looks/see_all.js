// A long page is drawn whole: pictures that wait for the reader to come nearer would be missing.
async () => {
  const pictures = [...document.images];
  pictures.forEach((one) => { one.loading = "eager" });
  const drawn = Promise.all(pictures.map((one) => one.decode().catch(() => null)));
  await Promise.race([drawn, new Promise((done) => setTimeout(done, 3000))]);
  await document.fonts.ready;
}
