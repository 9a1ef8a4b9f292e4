/* Runs before the first paint: applies the theme chosen on this device (absent: the system's). */
(function () {
  try {
    var theme = localStorage.getItem('parvis.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    var language = localStorage.getItem('parvis.language');
    if (language === 'fr' || language === 'en') document.documentElement.lang = language;
  } catch (error) {
    void error;
  }
})();
