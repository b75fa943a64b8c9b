//! Business days: every day but Saturdays, Sundays and federal holidays.
//!
//! 47 CFR 64.1200(a)(10) gives ten business days to honour a withdrawal. Federal holidays are those of 5 U.S.C.
//! 6103, by rule and not by list, on the days on which they are observed. Inauguration Day is left out: it is a
//! holiday in the District of Columbia area alone (5 U.S.C. 6103(c)).

use jiff::civil::{Date, Weekday};

/// The first year with Juneteenth (Public Law 117-17).
const FIRST_JUNETEENTH: i16 = 2021;

/// The day that is `count` business days after a day. The day itself is never counted; with a `count` of 0 it is the
/// answer. The calendar ends with the year 9999: the answer is then its last day.
pub fn business_days_after(day: Date, count: u32) -> Date {
    let mut reached = day;
    let mut left = count;
    while left > 0 {
        let Ok(next) = reached.tomorrow() else {
            return reached;
        };
        reached = next;
        if is_business_day(reached) {
            left -= 1;
        }
    }
    reached
}

/// Whether federal offices are open: not on Saturdays and Sundays, and not where a holiday is observed.
pub fn is_business_day(day: Date) -> bool {
    !is_weekend(day) && !is_observed_holiday(day)
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Whether a federal holiday is observed on a day. New Year's Day of the next year can be: on 31 December.
fn is_observed_holiday(day: Date) -> bool {
    let next_year = day.year().saturating_add(1);
    holidays(day.year())
        .chain(fixed(next_year, 1, 1))
        .any(|holiday| observed(holiday) == day)
}

/// A holiday on a Saturday is observed on the Friday before (5 U.S.C. 6103(b)), one on a Sunday on the Monday after
/// (Executive Order 11582).
fn observed(holiday: Date) -> Date {
    let moved = match holiday.weekday() {
        Weekday::Saturday => holiday.yesterday(),
        Weekday::Sunday => holiday.tomorrow(),
        _ => return holiday,
    };
    moved.unwrap_or(holiday)
}

/// The federal holidays of a year, on their own days (5 U.S.C. 6103(a)).
fn holidays(year: i16) -> impl Iterator<Item = Date> {
    let new_year = fixed(year, 1, 1);
    let martin_luther_king = nth(year, 1, 3, Weekday::Monday);
    let washington = nth(year, 2, 3, Weekday::Monday);
    let memorial_day = nth(year, 5, -1, Weekday::Monday);
    let juneteenth = fixed(year, 6, 19).filter(|_| year >= FIRST_JUNETEENTH);
    let independence = fixed(year, 7, 4);
    let labor_day = nth(year, 9, 1, Weekday::Monday);
    let columbus = nth(year, 10, 2, Weekday::Monday);
    let veterans = fixed(year, 11, 11);
    let thanksgiving = nth(year, 11, 4, Weekday::Thursday);
    let christmas = fixed(year, 12, 25);
    [
        new_year,
        martin_luther_king,
        washington,
        memorial_day,
        juneteenth,
        independence,
        labor_day,
        columbus,
        veterans,
        thanksgiving,
        christmas,
    ]
    .into_iter()
    .flatten()
}

fn fixed(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// The `n`th of a weekday in a month; the last for -1.
fn nth(year: i16, month: i8, n: i8, weekday: Weekday) -> Option<Date> {
    fixed(year, month, 1)?.nth_weekday_of_month(n, weekday).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The days of a year on which a holiday is observed, `M-D` each. New Year's Day of the next year is among them
    /// where it is observed in this one.
    #[track_caller]
    fn check(year: i16, observed: &str) {
        let days = std::iter::successors(fixed(year, 1, 1), |day| day.tomorrow().ok());
        let found: Vec<String> = days
            .take_while(|day| day.year() == year)
            .filter(|day| !is_weekend(*day) && !is_business_day(*day))
            .map(|day| format!("{}-{}", day.month(), day.day()))
            .collect();
        assert_eq!(found.join(" "), observed, "{year}");
    }

    /// As the Office of Personnel Management lists them, without Inauguration Day.
    #[test]
    fn holidays_are_observed_on_the_days_that_the_government_lists() {
        check(2020, "1-1 1-20 2-17 5-25 7-3 9-7 10-12 11-11 11-26 12-25");
        // The first year with Juneteenth, on a Saturday; 4 July on a Sunday; Christmas and the next New Year on Saturdays.
        check(
            2021,
            "1-1 1-18 2-15 5-31 6-18 7-5 9-6 10-11 11-11 11-25 12-24 12-31",
        );
        check(2022, "1-17 2-21 5-30 6-20 7-4 9-5 10-10 11-11 11-24 12-26");
        check(2023, "1-2 1-16 2-20 5-29 6-19 7-4 9-4 10-9 11-10 11-23 12-25");
        check(2024, "1-1 1-15 2-19 5-27 6-19 7-4 9-2 10-14 11-11 11-28 12-25");
        check(2025, "1-1 1-20 2-17 5-26 6-19 7-4 9-1 10-13 11-11 11-27 12-25");
        check(2026, "1-1 1-19 2-16 5-25 6-19 7-3 9-7 10-12 11-11 11-26 12-25");
        check(
            2027,
            "1-1 1-18 2-15 5-31 6-18 7-5 9-6 10-11 11-11 11-25 12-24 12-31",
        );
        check(2028, "1-17 2-21 5-29 6-19 7-4 9-4 10-9 11-10 11-23 12-25");
        check(2029, "1-1 1-15 2-19 5-28 6-19 7-4 9-3 10-8 11-12 11-22 12-25");
        check(2030, "1-1 1-21 2-18 5-27 6-19 7-4 9-2 10-14 11-11 11-28 12-25");
        check(2031, "1-1 1-20 2-17 5-26 6-19 7-4 9-1 10-13 11-11 11-27 12-25");
        check(
            2032,
            "1-1 1-19 2-16 5-31 6-18 7-5 9-6 10-11 11-11 11-25 12-24 12-31",
        );
        check(2033, "1-17 2-21 5-30 6-20 7-4 9-5 10-10 11-11 11-24 12-26");
        check(2034, "1-2 1-16 2-20 5-29 6-19 7-4 9-4 10-9 11-10 11-23 12-25");
        check(2035, "1-1 1-15 2-19 5-28 6-19 7-4 9-3 10-8 11-12 11-22 12-25");
        check(2036, "1-1 1-21 2-18 5-26 6-19 7-4 9-1 10-13 11-11 11-27 12-25");
    }

    #[test]
    fn ten_business_days_leave_out_weekends_and_holidays() {
        let tenth = |year, month, day| business_days_after(date(year, month, day), 10);
        assert_eq!(tenth(2026, 3, 2), date(2026, 3, 16));
        // Received on a Saturday or a Sunday: Monday is the first.
        assert_eq!(tenth(2026, 3, 7), date(2026, 3, 20));
        assert_eq!(tenth(2026, 3, 8), date(2026, 3, 20));
        // Thanksgiving in between; Christmas and New Year's Day on Fridays.
        assert_eq!(tenth(2026, 11, 23), date(2026, 12, 8));
        assert_eq!(tenth(2026, 12, 18), date(2027, 1, 5));
        // Christmas and New Year's Day are observed in December.
        assert_eq!(tenth(2027, 12, 20), date(2028, 1, 5));
        // Received on a holiday.
        assert_eq!(tenth(2026, 7, 3), date(2026, 7, 17));
    }

    #[test]
    fn no_days_are_the_day_itself_and_the_calendar_has_an_end() {
        assert_eq!(business_days_after(date(2026, 7, 4), 0), date(2026, 7, 4));
        assert_eq!(business_days_after(Date::MAX, 10), Date::MAX);
        assert!(!is_business_day(date(9999, 12, 25)));
    }
}
