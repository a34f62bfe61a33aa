// What scripts say, in the page's language: the texts stand in #script-words.
window.say = (name, count) => {
  const words = part("words").dataset;
  const text = (count === 1 && words[`${name}One`]) || words[name];
  return count === undefined ? text : text.replace("{count}", count);
};
