"""What people call the columns of a series, in many languages: names separated by commas."""

# A whole stamp.
DATES = """
ds, date, datetime, yyyymmdd, yyyymm, date time, timestamp, time stamp, time, dt, ts, stamp, period, when, day,
date utc, time utc,
datum, zeit, zeitpunkt, zeitstempel, uhrzeit, tag, periode, buchungstag, stichtag, horodatage, jour, temps,
date heure, fecha, dia, tiempo, periodo, fecha hora, data, data hora, tempo, giorno, data ora, tijd, tijdstip, dag,
dato, tid, tidspunkt, dzien, czas, okres, den, cas, nap, ido, idopont, zi, paiva, paivamaara, pvm, aika, ajankohta,
tarih, gun, zaman, tanggal, waktu, hari, ngay, thoi gian, epoch, unix, unixtime, open time, close time, дата, день,
время, период, дата и время, час, ημερομηνια, ημερα, χρονος, 日期, 时间, 時間, 日, 交易日期, 日付, 日時, 年月日,
時刻, 날짜, 일자, 일시, 시간, التاريخ, تاريخ, الوقت, اليوم, तारीख, दिनांक, समय, תאריך, זמן, วันที่, เวลา
"""
# Years alone, or a part of a stamp.
YEARS = """
year, yr, years, jahr, annee, an, ano, anio, año, anno, jaar, ar, år, rok, ev, év, vuosi, yil, tahun, nam, год,
рік, ετος, 年, 年份, 年度, 년, 연도, 년도, السنة, वर्ष, שנה, ปี, fiscal year, jahre,
fy, gj, geschaftsjahr, wirtschaftsjahr, exercice, ejercicio, esercizio, exercicio
"""
# Months, weeks, hours: a stamp in some tables, a part of one in others.
PARTS = """
month, months, mnth, quarter, qtr, week, weeks, hour, hr, minute, year month, monat, quartal, woche, kw,
kalenderwoche, stunde, mois, trimestre, semaine, heure, mes, semana, hora, mese, settimana, ora, maand, kwartaal,
uur, manad, maned, kvartal, vecka, uke, uge, time of day, miesiac, kwartal, tydzien, godzina, mesic, ctvrtleti,
tyden, hodina, honap, negyedev, het, luna, trimestru, saptamana, kuukausi, viikko, ay, ceyrek, hafta, saat, bulan,
thang, месяц, квартал, неделя, місяць, тиждень, година, μηνας, ωρα, 月, 月份, 季度, 周, 年月, 四半期, 週, 월, 년월,
분기, 주, الشهر, महीना, חודש, เดือน
"""
# Numbers of steps.
STEPS = """
t, step, steps, tick, time step, timestep, time index, time idx, zeitschritt, schritt, pas, paso, cycle
"""
# Of nothing but ids.
SERIES = """
unique id, series id, series, series name, time series, ts id, item id, reihe, zeitreihe, serie, ряд
"""
# Of what series are of.
IDS = """
id, code, key, name, item, sku, product, product id, article, store, shop, store id, symbol, ticker, stock,
country, region, state, province, city, county, location, place, site, station, sensor, device, meter, machine,
engine, unit id, unit number, customer, user, account, branch, department, dept, category, group, type, family,
brand, channel, entity, page, line, plant, zone, area, asset, currency, pair, variable, indicator, metric, measure,
label, team, player, hospital, filiale, laden, markt, artikel, produkt, kunde, standort, ort, land, stadt,
bundesland, kreis, messstelle, gerat, geraet, zahler, zaehler, gruppe, kategorie, werk, maschine, magasin, produit,
client, pays, ville, departement, groupe, capteur, tienda, articulo, producto, cliente, pais, ciudad, sucursal,
provincia, grupo, estacion, loja, produto, cidade, estado, filial, negozio, prodotto, paese, citta, regione,
winkel, klant, filiaal, butik, butikk, kund, sklep, klient, kraj, miasto, obchod, zeme, mesto, bolt, orszag, varos,
magazin, tara, oras, kauppa, maa, kaupunki, magaza, urun, ulke, sehir, toko, produk, negara, kota, cua hang,
магазин, товар, продукт, клиент, страна, город, регион, станция, країна, місто, χωρα, πολη, 商店, 门店, 店铺, 产品,
商品, 国家, 城市, 地区, 股票代码, 代码, 店舗, 製品, 国, 都市, 都道府県, 地域, 銘柄, 매장, 상품, 제품, 국가, 도시,
지역, 종목, الدولة, المدينة, المنتج
"""
# Names that decide alone.
TARGETS = """
y, target, value, values, obs value, observation, wert, werte, messwert, zielwert, zielgrosse, valeur, cible,
valor, objetivo, alvo, valore, waarde, varde, vaerdi, verdi, wartosc, hodnota, ertek, valoare, arvo, deger, nilai,
gia tri, значение, τιμη, 值, 数值, 値, 目的変数, 값, القيمة, मान, ערך, ค่า
"""
# Names that decide beside covariates.
QUANTITIES = """
sales, weekly sales, unit sales, sales amount, revenue, demand, quantity, qty, volume sold, units, units sold,
count, cnt, total, amount, orders, passengers, visitors, visits, views, load, consumption, production, price,
close, rides, trips, cases, births, umsatz, absatz, menge, verkaufe, nachfrage, anzahl, verbrauch, last, ventes,
chiffre d affaires, demande, quantite, consommation, nombre, ventas, demanda, cantidad, consumo, ingresos, vendas,
quantidade, receita, vendite, quantita, consumi, fatturato, verkoop, omzet, aantal, vraag, verbruik, forsaljning,
omsattning, salg, antal, sprzedaz, ilosc, popyt, prodej, poptavka, eladas, vanzari, myynti, satis, satislar, talep,
miktar, penjualan, doanh so, продажи, спрос, количество, выручка, продажі, πωλησεις, 销量, 销售额, 需求, 数量,
売上, 売上高, 需要, 販売数, 매출, 판매량, 수요, المبيعات
"""
# Of what is computed from a quantity, or says how good it is: words anywhere in a name.
DERIVED = """
adjusted, deseasonalized, deseasonalised, seasonally, change, diff, difference, delta, pct, percent, percentage, growth,
lag, unc, uncertainty, error, sdev, std, stdev, sd, stderr, variance, lower, upper, low, high, min, max, minimum,
maximum, flag, quality, status, rank, trend, cumulative, ndays, smoothed, adj, forecast, forecasts, predicted,
prediction, expected, planned, plan, budget, estimate, estimated, prognose, prevision, prevu, pronostico
"""
# Of numbers that are labels or places: words at the end of a name.
LABELS = """
id, ids, code, key, number, no, nr, num, zip, zipcode, postcode, postal code, plz, fips, year, yr, month, day, hour,
week, flag, lat, latitude, long, lon, lng, longitude,
easting, northing, station, store, shop, item, vendor, block, index,
idx
"""
# Known in advance.
KNOWN = """
holiday, holidays, is holiday, state holiday, school holiday, promo, promotion, onpromotion, on promotion,
discount, event, campaign, working day, workingday, is open, weekend, is weekend, feiertag, ferien, schulferien,
aktion, rabatt, arbeitstag, werktag, jour ferie, ferie, vacances, remise, festivo, feriado, promocion, descuento,
vacaciones, promocao, desconto, feriados, festivita, promozione, sconto, feestdag, korting, helgdag, kampanj,
swieto, promocja, svatek, akce, unnep, akcio, sarbatoare, tatil, kampanya, indirim, libur, promosi, праздник,
акция, скидка, выходной, 节假日, 假日, 促销, 折扣, 祝日, 休日, セール, 공휴일, 프로모션, 할인, عطلة
"""
# What explains a quantity more often than it is forecast.
USUAL_COVARIATES = """
price, prices, temperature, temp, tmax, tmin, humidity, hum, rain, rainfall, precipitation, wind, windspeed,
wind speed, pressure, snow, sunshine, weather, fuel price, cpi, preis, temperatur, feuchte, luftfeuchte, regen,
niederschlag, druck, prix, pluie, humidite, vent, precio, temperatura, lluvia, humedad, viento, preco, chuva,
umidade, vento, prezzo, pioggia, umidita, prijs, temperatuur, pris, nederbord, cena, teplota, srazky, homerseklet,
pret, hinta, lampotila, fiyat, sicaklik, harga, suhu, gia, nhiet do, цена, температура, осадки, ціна, τιμη,
θερμοκρασια, 价格, 温度, 气温, 価格, 気温, 가격, 기온, 온도
"""
# What follows from a date.
CALENDAR = """
weekday, week day, day of week, dayofweek, dow, day name, month name, day of year, dayofyear, doy, day of month,
week of year, weekofyear, season, is month end, wochentag, jour de la semaine, dia semana, dia de la semana,
giorno settimana, weekdag, день недели, 星期, 曜日, 요일, day
"""
# Numbers of rows.
NUMBERS = """
index, idx, row, row number, rownum, rowid, row id, rownames, record, record id, no, nr, num, number, n, id,
instant, lfd nr, lfdnr, zeile, ligne, fila, linha, riga, level 0, unnamed 0, unnamed 0 1, unnamed, seq, sequence,
номер, 序号, 番号, 번호
"""
# Of sums and means of the others.
TOTALS = """
total, totals, sum, sums, subtotal, sub total, grand total, average, avg, mean, median, annual, yearly, year, ytd,
ergebnis, teilergebnis, zwischensumme, sous total, subtotale, year to date, full year, fy, all, all months,
summe, gesamt, gesamtsumme, gesamtergebnis, insgesamt, durchschnitt, mittel,
mittelwert, jahr, jahressumme, jahresmittel, totale, totaux, somme, moyenne, annee, annuel, ensemble, suma, promedio,
media, anual, ano, acumulado, soma, totaal, som, gemiddelde, gemiddeld, jaar, totalt, genomsnitt, ar, razem, srednia,
rok, ogolem, celkem, prumer, osszesen, atlag, yhteensa, keskiarvo, toplam, ortalama, итого, всего, сумма, среднее, год,
合计, 总计, 平均, 合計, 計, 年計, 年平均, 합계, 평균, 연간, synolo
"""
